<?xml version="1.0" encoding="UTF-8"?>
<tileset version="1.10" tiledversion="1.10.2" name="ground" tilewidth="16" tileheight="16" tilecount="13" columns="13">
 <image source="ground.png" width="208" height="16"/>
 <tile id="0" type="grass"/>
 <tile id="1" type="grass"/>
 <tile id="2" type="field"/>
 <tile id="3" type="field"/>
 <tile id="4" type="forest"/>
 <tile id="5" type="forest"/>
 <tile id="6" type="brush"/>
 <tile id="7" type="mud"/>
 <tile id="8" type="brook"/>
 <tile id="9" type="path"/>
 <tile id="10" type="street"/>
 <tile id="11" type="street"/>
 <tile id="12" type="wall"/>
</tileset>
